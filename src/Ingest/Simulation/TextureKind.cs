namespace StereoSpike.Ingest;

/// <summary>What is painted on a surface of a simulated scene.</summary>
public enum TextureKind
{
    /// <summary>Clouds: five octaves of value noise.</summary>
    Clouds,

    /// <summary>A checkerboard with uneven greys.</summary>
    Checker,

    /// <summary>Vertical stripes of random width and grey.</summary>
    Stripes,

    /// <summary>Bricks of random grey in light mortar.</summary>
    Bricks,

    /// <summary>Random dots of random size.</summary>
    Speckle,

    /// <summary>Rows of blobs, like print seen from afar.</summary>
    Print,

    /// <summary>A plain ground with a few lines, as of a carton: nearly all events come from its outline.</summary>
    Sparse,
}
