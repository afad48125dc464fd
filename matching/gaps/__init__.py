"""The gap map (招商图谱): by chain, needs that nothing answers and capabilities nobody asks for.

`clustering` and `naming` are pure, `making` is the worker's part, `services` asks for a new map,
`queries` reads the last one. Maps are dated rows, so that two of them can be compared.
"""
