namespace StereoSpike.Ingest;

/// <summary>Kinds of files that hold one camera's events.</summary>
public enum EventFormat
{
    /// <summary>Prophesee RAW, EVT 2.0: 32-bit words.</summary>
    Evt2,

    /// <summary>Prophesee RAW, EVT 2.1: 64-bit words, up to 32 pixels of a row each.</summary>
    Evt21,

    /// <summary>Prophesee RAW, EVT 3.0: 16-bit words, each one field.</summary>
    Evt3,

    /// <summary>Prophesee DAT: 64-bit records.</summary>
    Dat,

    /// <summary>N-MNIST, N-Caltech101 and their kin (<c>.bin</c>): 40-bit records without a header.</summary>
    Bin,

    /// <summary>Event Stream (<c>.es</c>) of DVS events.</summary>
    EventStream,

    /// <summary>iniVation AEDAT 4: packets, plain or compressed with LZ4 or Zstandard.</summary>
    Aedat4,

    /// <summary>Text of four columns, written as <c>t x y p</c> with spaces (<c>.txt</c>) or commas and a heading (<c>.csv</c>).</summary>
    Text,

    /// <summary>jAER's AEDAT 2: pairs of address and time, of a DVS128 or a DAVIS.</summary>
    Aedat2,

    /// <summary>NumPy <c>.npy</c>: records with fields x, y, t, p, or rows of four columns.</summary>
    Npy,

    /// <summary>NumPy <c>.npz</c> with arrays x, y, t, p.</summary>
    Npz,

    /// <summary>HDF5 with a column for each of x, y, t and p.</summary>
    Hdf5Columns,

    /// <summary>A ROS 1 bag: EventPacket messages of EVT 3.0, or EventArray messages.</summary>
    RosBag,

    /// <summary>One camera of a stereo recording of any kind.</summary>
    Recording,
}
