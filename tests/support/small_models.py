"""Models for the tests, and hypothesis strategies that draw them."""

from itertools import product

from hypothesis import strategies as st

from harness.matrix.model import Factor, Forbidden, Model, SubMatrix, model


def uniform(*sizes: int) -> Model:
    return model(
        [Factor(f"a{n}", tuple(f"v{v}" for v in range(size))) for n, size in enumerate(sizes)]
    )


def valid_cases(some: Model) -> list[dict[str, str]]:
    """Every case that no constraint forbids, by trying all."""
    cases = (
        dict(zip(some.names, values, strict=True))
        for values in product(*(axis.values for axis in some.axes))
    )
    return [
        case
        for case in cases
        if not any(all(case[n] in v for n, v in box.where.items()) for box in some.constraints)
    ]


@st.composite
def models(draw: st.DrawFn, most_axes: int = 5) -> Model:
    """Small models with constraints (perhaps contradicting), seeds and a sub-matrix."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=most_axes))
    axes = uniform(*sizes).axes
    boxes = []
    for _ in range(draw(st.integers(0, 4))):
        named = draw(st.lists(st.sampled_from(axes), min_size=1, max_size=3, unique=True))
        where = {
            axis.name: tuple(draw(st.lists(st.sampled_from(axis.values), min_size=1, unique=True)))
            for axis in named
        }
        boxes.append(Forbidden(where))
    cases = valid_cases(model(axes, boxes))
    seeds = []
    for _ in range(draw(st.integers(0, 2))) if cases else ():
        whole = draw(st.sampled_from(cases))
        names = draw(st.lists(st.sampled_from(axes), min_size=1, unique=True))
        seeds.append({axis.name: whole[axis.name] for axis in names})
    subs = []
    if len(axes) >= 3 and draw(st.booleans()):
        chosen = draw(st.permutations(axes))[:3]
        subs.append(SubMatrix(tuple(axis.name for axis in chosen), 3))
    return model(axes, boxes, seeds, subs)
