"""Makes the arrays beside this script with NumPy, a writer that is not ours. Run by hand: python3 make.py
Event i is at x = 7 i mod 640, y = 11 i mod 480, t = 10 i us, ON where 3 divides i. See NumpyEventsTests.cs."""
import numpy as np

COUNT = 300
i = np.arange(COUNT)
x, y, t, on = 7 * i % 640, 11 * i % 480, 10 * i, i % 3 == 0

records = np.zeros(COUNT, dtype=[("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "?")])  # as tonic keeps events
records["x"], records["y"], records["t"], records["p"] = x, y, t, on
np.save("records.npy", records)
np.savez_compressed("columns.npz", x=x.astype("u2"), y=y.astype("u2"), t=t / 1e6, p=np.where(on, 1, -1).astype("i1"))
np.savez("odd_names.npz", column=x, line=y, stamp=t, sign=on)
np.save("matrix.npy", np.stack([t, x, y, on], axis=1).astype("f8"))
np.save("matrix_whole.npy", np.stack([x, y, t, on], axis=1))
np.save("pickled.npy", np.array([{"x": 1}], dtype=object), allow_pickle=True)
