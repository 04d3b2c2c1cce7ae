"""What may be published about visits: numbers of many, with noise, out of a budget that the database keeps.

One gate. Whatever leaves it is differentially private (`mechanism`), was paid for before anything was looked at (`store`),
and is served as the same bytes from then on (`model.Report`). It never asks how many there really were a second time.
"""
