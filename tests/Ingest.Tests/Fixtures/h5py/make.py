"""Makes the recordings beside this script with h5py, an HDF5 writer that is not ours. Run by hand: python3 make.py
Sizes and values are small and follow formulas, which the tests repeat: see MvsecFilesOfOthersTests.cs."""
import h5py
import numpy as np

ORIGIN_S, COUNT, LABELS = 1504645177.0, 600, 3
i = np.arange(COUNT)
events = np.stack([7 * i % 346, 11 * i % 260, ORIGIN_S + i * 0.001, np.where(i % 3 == 0, 1.0, -1.0)], axis=1)
rows, columns = np.mgrid[0:260, 0:346]

for name, layout in (("contiguous", {}), ("chunked", dict(chunks=(64, 4), compression="gzip", shuffle=True))):
    with h5py.File(f"{name}_data.hdf5", "w") as data:
        data.create_dataset("davis/left/events", data=events, **layout)
        data.create_dataset("davis/right/events", data=events[::2], **layout)
    with h5py.File(f"{name}_gt.hdf5", "w") as truth:
        depth = np.stack([1 + label + (rows // 32 + columns // 32) / 16 for label in range(LABELS)]).astype("f4")
        depth[:, :10] = np.nan
        truth.create_dataset("davis/left/depth_image_rect", data=depth, chunks=(1, 260, 346), compression="lzf")
        truth.create_dataset("davis/left/depth_image_rect_ts", data=ORIGIN_S + 0.1 * (1 + np.arange(LABELS)))
