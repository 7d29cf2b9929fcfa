package org.migrationharness.standin.http;

import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateModelException;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

/** Renders the templates. {@code .ftlh} files escape by default, so no user input becomes markup. */
public final class Pages {
    private final Configuration configuration = new Configuration(Configuration.VERSION_2_3_31);

    /**
     * @param ccmaVersion the version of the assistant
     * @param productVersion that of the Confluence that is reported
     */
    public Pages(String ccmaVersion, String productVersion) {
        configuration.setClassLoaderForTemplateLoading(Pages.class.getClassLoader(), "templates");
        configuration.setDefaultEncoding("UTF-8");
        configuration.setNumberFormat("computer");
        configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        configuration.setLogTemplateExceptions(false);
        configuration.setLocalizedLookup(false);
        configuration.setTemplateUpdateDelayMilliseconds(Long.MAX_VALUE);
        try {
            configuration.setSharedVariable("ccmaVersion", ccmaVersion);
            configuration.setSharedVariable("productVersion", productVersion);
        } catch (TemplateModelException e) {
            throw new IllegalStateException(e);
        }
    }

    String render(String template, Map<String, ?> model) throws IOException {
        StringWriter out = new StringWriter(8192);
        try {
            configuration.getTemplate(template + ".ftlh").process(model, out);
        } catch (TemplateException e) {
            throw new IOException("cannot render " + template, e);
        }
        return out.toString();
    }
}
