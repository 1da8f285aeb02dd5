using System.IO.Compression;
using System.Runtime.InteropServices;

namespace StereoSpike.Files;

/// <summary>Writes frames one after another as one NumPy array of float32, [T, …], in memory that holds one frame.</summary>
/// <remarks>
/// A <c>.npy</c> is that array. A <c>.npz</c> holds it as <c>frames</c> and, as int64 of shape [T], the windows' ends: <c>start_us</c>, <c>end_us</c>. How many frames come is known only at the end, so the
/// header is filled in last, and what goes into an npz lies in a temporary file until then.
/// </remarks>
public static class FrameArrays
{
    /// <summary>Writes the frames, whole or not at all.</summary>
    /// <param name="path">The file; its ending, .npy or .npz, says which.</param>
    /// <param name="frameShape">Shape of a frame, outermost axis first.</param>
    /// <param name="frames">Each frame's window and its values, which are read before the next is asked for.</param>
    /// <returns>T, how many there were.</returns>
    /// <exception cref="ArgumentException">The ending is another, or a frame does not fill the shape.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static int Write(string path, int[] frameShape, IEnumerable<(TimeWindow Window, ReadOnlyMemory<float> Values)> frames)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(frameShape);
        ArgumentNullException.ThrowIfNull(frames);
        int count = 0;
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                WholeFile.Write(path, stream => count = WriteNpy(stream, frameShape, frames, []));
                return count;
            case ".npz":
                WholeFile.Write(path, stream => count = WriteNpz(path, stream, frameShape, frames));
                return count;
            default:
                throw new ArgumentException($"{path}: frames are written as .npy or .npz.", nameof(path));
        }
    }

    private static int WriteNpy(Stream stream, int[] frameShape, IEnumerable<(TimeWindow Window, ReadOnlyMemory<float> Values)> frames, List<TimeWindow> windows)
    {
        int room = NpyFormat.Header(NpyType.F4, [int.MaxValue, .. frameShape]).Length, length = frameShape.Aggregate(1, (product, side) => checked(product * side)), count = 0;
        stream.Position = room;
        foreach ((TimeWindow window, ReadOnlyMemory<float> values) in frames)
        {
            Guard.Length(values.Length, length, nameof(frames));
            stream.Write(MemoryMarshal.AsBytes(values.Span));
            windows.Add(window);
            count = checked(count + 1);
        }

        stream.Position = 0;
        stream.Write(NpyFormat.Header(NpyType.F4, [count, .. frameShape], room));
        return count;
    }

    private static int WriteNpz(string path, Stream target, int[] frameShape, IEnumerable<(TimeWindow Window, ReadOnlyMemory<float> Values)> frames)
    {
        using var aside = new FileStream($"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.frames", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        List<TimeWindow> windows = [];
        int count = WriteNpy(aside, frameShape, frames, windows);
        aside.Position = 0;
        using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        NpzFile.Add(zip, "end_us", CompressionLevel.Fastest, entry => NpyFormat.Write(entry, NpyArray.From<long>([.. windows.Select(window => window.EndUs)], count)));
        NpzFile.Add(zip, "frames", CompressionLevel.Fastest, aside.CopyTo);
        NpzFile.Add(zip, "start_us", CompressionLevel.Fastest, entry => NpyFormat.Write(entry, NpyArray.From<long>([.. windows.Select(window => window.StartUs)], count)));
        return count;
    }
}
