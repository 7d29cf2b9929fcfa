package org.example;

/** Inherits its listener method, as apps with a base class of their own do. */
public class SecondListener extends ChartsListener {
    @Override
    public String getServerAppKey() {
        return "second-plugin";
    }
}
