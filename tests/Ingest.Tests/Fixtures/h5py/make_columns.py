"""Makes columns_*.h5 beside this script: events as columns, by PyTables (whose Blosc is the original) and h5py. Run by hand: python3 make_columns.py
Event i is at x = 7 i mod 640, y = 11 i mod 480, t = 10 i us, ON where 3 divides i; the clock's offset is 5 s. See ColumnEventsTests.cs."""
import h5py
import numpy as np
import tables

COUNT = 5000
i = np.arange(COUNT)
x, y, t, p = (7 * i % 640).astype("u2"), (11 * i % 480).astype("u2"), (10 * i).astype("u4"), (i % 3 == 0).astype("u1")
ms_to_idx = np.searchsorted(t, np.arange(0, t[-1] + 1, 1000)).astype("u8")

for codec in ("zstd", "lz4", "zlib"):
    for shuffle in (True, False):
        with tables.open_file(f"columns_{codec}{'' if shuffle else '_plain'}.h5", "w") as f:
            filters = tables.Filters(complevel=5, complib=f"blosc:{codec}", shuffle=shuffle)
            for name, values in (("x", x), ("y", y), ("t", t), ("p", p)):
                f.create_carray("/events", name, obj=values, chunkshape=(2000,), filters=filters, createparents=True)
            f.create_array("/", "ms_to_idx", obj=ms_to_idx)
            f.create_array("/", "t_offset", obj=np.int64(5_000_000))

with h5py.File("columns_m3ed.h5", "w") as f:
    for side in ("left", "right"):
        group = f.create_group(f"prophesee/{side}")
        group["calib/resolution"] = np.array([1280, 720])
        for name, values in (("x", x), ("y", y), ("t", t.astype("i8") + (side == "right")), ("p", p)):
            group.create_dataset(name, data=values, chunks=(2000,), compression="lzf")

with h5py.File("columns_odd.h5", "w") as f:
    group = f.create_group("raw_events")
    group["xs"], group["ys"], group["timestamps"], group["polarities"] = x.astype("i4"), y.astype("i4"), t / 1e6, p.astype(bool)
