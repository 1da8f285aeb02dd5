"""Makes layouts.hdf5 beside this script with h5py: one series of numbers in every layout that recordings use. Run by hand: python3 make_layouts.py
Element (i, j) of a table is 4 i + j, that of maps its number, element i of a line i * i mod 60000, element i of noise the i-th of a fixed generator; see Hdf5RowsTests.cs."""
import h5py
import numpy as np

ROWS = 1000
table = np.arange(4 * ROWS, dtype=np.float64).reshape(ROWS, 4)
line = (np.arange(ROWS, dtype=np.uint64) ** 2 % 60000).astype(np.uint16)


def noise(count):
    """x[0] = 1, x[i+1] = 1664525 x[i] + 1013904223 mod 2^32: bytes that no compressor makes smaller."""
    x = np.empty(count, np.uint32)
    state = 1
    for i in range(count):
        x[i] = state
        state = (1664525 * state + 1013904223) % 2**32
    return x


for version, bounds in (("early", "earliest"), ("latest", "latest")):
    with h5py.File(f"layouts_{version}.hdf5", "w", libver=bounds) as f:
        f["contiguous"] = table
        f.create_dataset("group/within/plain", data=table, chunks=(64, 4))
        f.create_dataset("deflated", data=table, chunks=(64, 4), compression="gzip", shuffle=True)
        f.create_dataset("by_columns", data=table, chunks=(128, 1), compression="gzip")
        f.create_dataset("by_pairs", data=table, chunks=(100, 3), compression="lzf")
        f.create_dataset("checksummed", data=table, chunks=(64, 4), compression="gzip", shuffle=True, fletcher32=True)
        f.create_dataset("line", data=line, chunks=(64,), compression="lzf", shuffle=True)
        f.create_dataset("noise", data=noise(ROWS), chunks=(256,), compression="lzf", shuffle=True)
        f.create_dataset("big_endian", data=table.astype(">f8"))
        f.create_dataset("maps", data=np.arange(6000, dtype="f4").reshape(10, 30, 20), chunks=(4, 8, 16), compression="gzip")
        f.create_dataset("empty", shape=(0, 4), maxshape=(None, 4), dtype=np.float64, chunks=(64, 4))
        if version == "early":
            masks = [f["noise"].id.read_direct_chunk((i,))[0] for i in range(0, ROWS, 256)]
            print("filter masks of noise:", masks)   # [2, 2, 2, 0 or 2]: LZF gave up and was left out, shuffle was not
