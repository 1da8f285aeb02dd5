using System.IO.Compression;

namespace StereoSpike.Files;

/// <summary>Named NumPy arrays in one zip file, <c>.npz</c>, as numpy.savez and numpy.savez_compressed write them.</summary>
public static class NpzFile
{
    /// <summary>The most bytes of elements that one file is read for unless told otherwise: 4 GiB.</summary>
    public const long DefaultMaximumBytes = 4L << 30;

    private const string Extension = ".npy";
    private const int BestDeflateRatio = 1032;   // 258 bytes from two bits: what deflate can reach at most (RFC 1951)

    /// <summary>Reads every array.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumBytes">Bytes of all arrays together beyond which the file is refused before anything is allocated.</param>
    /// <returns>The arrays by name, without ".npy".</returns>
    /// <exception cref="InvalidDataException">It is not such a file, is damaged, claims more than it can hold, or holds an array that is refused.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static IReadOnlyDictionary<string, NpyArray> Read(string path, long maximumBytes = DefaultMaximumBytes)
    {
        using FileStream file = File.OpenRead(path);
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            CheckSizes(zip, path, file.Length, maximumBytes);
            var arrays = new Dictionary<string, NpyArray>(StringComparer.Ordinal);
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                string name = Name(entry, path);
                if (!arrays.TryAdd(name, Read(entry, $"{path}: {name}")))
                {
                    throw BadFile.Error(path, name, "stands twice in the file", "Save each array under a name of its own.");
                }
            }

            return arrays;
        }
        catch (InvalidDataException failure) when (!failure.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw BadFile.Error(path, "", $"is not a whole npz (zip) file: {failure.Message}", "Fetch it again, or save it with numpy.savez.", failure);
        }
    }

    /// <summary>Writes arrays, whole or not at all; the same arrays give the same bytes.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="arrays">The arrays by name, without ".npy", written in the order of their names.</param>
    /// <param name="compression">None is what numpy.savez writes; anything else what numpy.savez_compressed does.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, NpyArray> arrays, CompressionLevel compression = CompressionLevel.Fastest)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        WholeFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, NpyArray array) in arrays.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                ArgumentException.ThrowIfNullOrEmpty(name, nameof(arrays));
                Add(zip, name, compression, target => NpyFormat.Write(target, array));
            }
        });
    }

    /// <summary>Writes arrays whose elements come from elsewhere, such as a temporary file, whole or not at all.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="arrays">Name without ".npy", type, shape, and what writes exactly the elements that these ask for.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, IEnumerable<(string Name, NpyType Type, int[] Shape, Action<Stream> Elements)> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        WholeFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, NpyType type, int[] shape, Action<Stream> elements) in arrays)
            {
                Add(zip, name, CompressionLevel.Fastest, target =>
                {
                    target.Write(NpyFormat.Header(type, shape));
                    elements(target);
                });
            }
        });
    }

    /// <summary>Adds an array to a file under way; the same content gives the same bytes.</summary>
    internal static void Add(ZipArchive zip, string name, CompressionLevel compression, Action<Stream> write)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name + Extension, compression);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);   // zip's earliest, as NumPy stamps it
        using Stream target = entry.Open();
        write(target);
    }

    // The directory's figures are only claims. Compressed sizes that add up to more than the file (overlapping entries) and
    // expansions that deflate cannot reach are lies; the rest is bounded by the caller's maximum.
    private static void CheckSizes(ZipArchive zip, string path, long fileLength, long maximumBytes)
    {
        long compressed = 0, expanded = 0;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            compressed += Math.Min(entry.CompressedLength, fileLength + 1);
            long reachable = (entry.CompressedLength * BestDeflateRatio) + 64;
            if (compressed > fileLength || entry.Length > reachable)
            {
                throw BadFile.Error(path, entry.FullName, $"claims {entry.Length} bytes from {entry.CompressedLength} compressed ones in a file of {fileLength}",
                    "The file is damaged or hostile; do not use it.");
            }

            expanded += Math.Min(entry.Length, maximumBytes + 1);
            if (expanded > maximumBytes)
            {
                throw BadFile.Error(path, entry.FullName, $"takes the arrays beyond the {maximumBytes} bytes that are allowed in one file", "Split the file.");
            }
        }
    }

    private static string Name(ZipArchiveEntry entry, string path) =>
        entry.FullName.Length > Extension.Length && entry.FullName.EndsWith(Extension, StringComparison.Ordinal)
            ? entry.FullName[..^Extension.Length]
            : throw BadFile.Error(path, entry.FullName, "is not a NumPy array; every entry of an npz file ends in .npy", "Save it with numpy.savez.");

    private static NpyArray Read(ZipArchiveEntry entry, string source)
    {
        using Stream stream = entry.Open();
        NpyArray array = NpyFormat.Read(stream, entry.Length, source);
        return stream.ReadByte() < 0
            ? array
            : throw BadFile.Error(source, "", $"holds more than the {entry.Length} bytes it claims", "The file is damaged or hostile; do not use it.");
    }
}
