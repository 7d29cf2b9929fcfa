"""Which cases to run, in what order, and what their outcomes prove: the mathematics of a matrix.

Everything in this package is pure: it starts nothing, opens no socket and reads no file.

| Module | Answers |
|---|---|
| model | what the axes, constraints, seeds and sub-matrices are, and whether they make sense |
| feasible | which partial assignments extend to a case that the constraints allow |
| targets | which tuples a suite of a wanted strength has to contain |
| algebra | suites that mathematics gives without a search |
| chance | where its random numbers come from |
| greedy, tabu | suites that a search finds, and makes smaller |
| covering | the entry: the smallest suite of these |
| coverage | an independent proof of what a suite covers (shares no code with the above but model) |
| locating, separation | suites whose pass and fail marks name the culprit |
| shrink | the smallest set of values that is enough to fail |
| schedule | order, workers and shards |
"""
