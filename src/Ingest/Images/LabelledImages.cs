using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Which part of a data set.</summary>
public enum ImageSplit
{
    /// <summary>What is learned from.</summary>
    Train,

    /// <summary>What is judged on.</summary>
    Test,
}

/// <summary>Images of one size, each with its class.</summary>
public sealed class LabelledImages
{
    /// <summary>Classes of MNIST and Fashion-MNIST.</summary>
    public const int Classes = 10;

    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    /// <summary>Wraps images, which are then owned.</summary>
    /// <param name="pixels">Brightness, 0 black to 255 white, shape [N,C,H,W].</param>
    /// <param name="labels">Class of each image, 0 to 9, shape [N].</param>
    /// <param name="height">H, at least 1.</param>
    /// <param name="width">W, at least 1.</param>
    /// <param name="channels">C, at least 1.</param>
    /// <exception cref="ArgumentException">The pixels do not fill the labels' images, or a label is above 9.</exception>
    public LabelledImages(byte[] pixels, byte[] labels, int height, int width, int channels = 1)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        Height = Guard.AtLeast(height, 1);
        Width = Guard.AtLeast(width, 1);
        Channels = Guard.AtLeast(channels, 1);
        Guard.Length(pixels.Length, checked(labels.Length * channels * height * width), nameof(pixels));
        _pixels = pixels;
        _labels = Array.TrueForAll(labels, label => label < Classes) ? labels : throw new ArgumentException($"A label is above {Classes - 1}.", nameof(labels));
    }

    /// <summary>N.</summary>
    public int Count => _labels.Length;

    /// <summary>H, px.</summary>
    public int Height { get; }

    /// <summary>W, px.</summary>
    public int Width { get; }

    /// <summary>C: 1 for grey images; parts of a recording have one a polarity.</summary>
    public int Channels { get; }

    /// <summary>C·H·W.</summary>
    public int Pixels => Channels * Height * Width;

    /// <summary>Class of each image, 0 to 9, shape [N].</summary>
    public ReadOnlySpan<byte> Labels => _labels;

    /// <summary>Brightness of one image, 0 black to 255 white, shape [C,H,W].</summary>
    public ReadOnlySpan<byte> Image(int index) => _pixels.AsSpan(index * Pixels, Pixels);

    /// <summary>Reads one part of MNIST or Fashion-MNIST: <c>train-images-idx3-ubyte</c> and its three siblings, plain or <c>.gz</c>.</summary>
    /// <param name="folder">The folder with the four files.</param>
    /// <param name="split">Which two of them.</param>
    /// <exception cref="InvalidDataException">A file is damaged, images and labels differ in number, there is none, or a label is above 9.</exception>
    /// <exception cref="IOException">A file is missing or cannot be opened.</exception>
    public static LabelledImages Load(string folder, ImageSplit split)
    {
        string prefix = split == ImageSplit.Train ? "train" : "t10k";
        string imagePath = Find(folder, $"{prefix}-images-idx3-ubyte"), labelPath = Find(folder, $"{prefix}-labels-idx1-ubyte");
        (IReadOnlyList<int> shape, byte[] pixels) = IdxFile.Read(imagePath, axes: 3);
        (_, byte[] labels) = IdxFile.Read(labelPath, axes: 1);
        if (labels.Length != shape[0] || pixels.Length == 0)
        {
            throw BadFile.Error(labelPath, "", $"holds {labels.Length} labels where {Path.GetFileName(imagePath)} holds images of shape [{string.Join(", ", shape)}]", "Take both files from one source.");
        }

        int wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        return wrong < 0
            ? new LabelledImages(pixels, labels, shape[1], shape[2])
            : throw BadFile.Error(labelPath, $"label {wrong}", $"is {labels[wrong]} where 0 to {Classes - 1} are allowed", "Fetch the file again; sets with other classes are not read.");
    }

    /// <summary>Some of the images, copied: those from <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part reaches outside.</exception>
    public LabelledImages Part(int start, int count)
    {
        Guard.Within(count, 0, Count);
        Guard.Within(start, 0, Count - count);
        return new LabelledImages(_pixels.AsSpan(start * Pixels, count * Pixels).ToArray(), _labels.AsSpan(start, count).ToArray(), Height, Width, Channels);
    }

    /// <summary>The same images under each other's labels: what a network learns from these it has learned by heart. A control.</summary>
    /// <param name="seed">Seed of the permutation.</param>
    public LabelledImages WithShuffledLabels(int seed)
    {
        byte[] shuffled = [.. _labels];
        new Random(seed).Shuffle(shuffled);
        return new LabelledImages(_pixels, shuffled, Height, Width, Channels);
    }

    /// <summary>These images and then others of the same shape, copied.</summary>
    /// <exception cref="ArgumentException">They are of another shape.</exception>
    public LabelledImages With(LabelledImages others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return (others.Channels, others.Height, others.Width) == (Channels, Height, Width)
            ? new LabelledImages([.. _pixels, .. others._pixels], [.. _labels, .. others._labels], Height, Width, Channels)
            : throw new ArgumentException($"Images of {others.Channels}×{others.Height}×{others.Width} cannot follow images of {Channels}×{Height}×{Width}.", nameof(others));
    }

    /// <summary>Some of the images, copied.</summary>
    /// <param name="indices">Which, in the order wanted.</param>
    public LabelledImages Chosen(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        var pixels = new byte[indices.Count * Pixels];
        var labels = new byte[indices.Count];
        for (int i = 0; i < indices.Count; i++)
        {
            Image(indices[i]).CopyTo(pixels.AsSpan(i * Pixels));
            labels[i] = _labels[indices[i]];
        }

        return new LabelledImages(pixels, labels, Height, Width, Channels);
    }

    private static string Find(string folder, string name)
    {
        string plain = Path.Combine(folder, name), zipped = plain + ".gz";
        return File.Exists(plain) ? plain
            : File.Exists(zipped) ? zipped
            : throw new FileNotFoundException($"{folder}: has neither {name} nor {name}.gz. Name the folder that holds the four files of MNIST or Fashion-MNIST.");
    }
}
