using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using StereoSpike.Files;

namespace StereoSpike.Training;

/// <summary>The samples of one recording in a file: written once, then read one by one in any order, so that memory does not grow with their number.</summary>
/// <remarks>
/// Little-endian: <c>"SSPREP1\n"</c>; samples (<see cref="PackedSample"/>) one after another; a header in JSON; an index of 16 bytes a sample
/// (<c>int64 place, int32 bytes, uint32 checksum</c>) and 4 bytes more for its label (<c>int32</c>); and 24 bytes at the end: <c>int64 place of the header, int32 its bytes, int32 samples, uint32 checksum of header and index, "SSP1"</c>.
/// Checksums are <see cref="Crc32C"/>. The file is opened for each sample and closed again: no handle is held, and the system's page cache does the rest.
/// </remarks>
internal sealed class SampleFile
{
    /// <summary>What to do about a file that cannot be used.</summary>
    public const string Remedy = "Delete it and prepare it again.";

    private const int EntryBytes = 20, TailBytes = 24;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };
    private readonly Entry[] _entries;
    private readonly SensorSize _sensor;

    private SampleFile(string path, Header header, Entry[] entries)
    {
        Path = path;
        _entries = entries;
        _sensor = new SensorSize(header.Width, header.Height);
        Recording = header.Recording;
        Tally = header.Tally;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Name of the recording.</summary>
    public string Recording { get; }

    /// <summary>What became of the recording's labels.</summary>
    public SampleTally Tally { get; }

    /// <summary>Number of samples.</summary>
    public int Count => _entries.Length;

    private static ReadOnlySpan<byte> Start => "SSPREP1\n"u8;

    private static ReadOnlySpan<byte> End => "SSP1"u8;

    /// <summary>The label that a sample was made of.</summary>
    public int Label(int index) => _entries[index].Label;

    /// <summary>Each sample, to be read when it is asked for.</summary>
    public IReadOnlyList<ISample> Samples => [.. Enumerable.Range(0, Count).Select(index => (ISample)new StoredSample(this, index))];

    /// <summary>Writes a recording's samples, whole or not at all, one at a time in memory.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left behind.</exception>
    public static void Write(string path, string recording, SensorSize sensor, SampleReader reader, CancellationToken cancellation = default) => WholeFile.Write(path, stream =>
    {
        stream.Write(Start);
        var entries = new List<Entry>();
        foreach ((int label, PackedSample sample) in reader.ReadAll())
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] bytes = sample.ToBytes();
            entries.Add(new Entry(stream.Position, bytes.Length, Crc32C.Of(bytes), label));
            stream.Write(bytes);
        }

        byte[] header = JsonSerializer.SerializeToUtf8Bytes(new Header(recording, sensor.Width, sensor.Height, reader.Tally), Json);
        byte[] both = [.. header, .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(entries))];
        long place = stream.Position;
        stream.Write(both);
        Span<byte> tail = stackalloc byte[TailBytes];
        MemoryMarshal.Write(tail, place);
        MemoryMarshal.Write(tail[8..], header.Length);
        MemoryMarshal.Write(tail[12..], entries.Count);
        MemoryMarshal.Write(tail[16..], Crc32C.Of(both));
        End.CopyTo(tail[20..]);
        stream.Write(tail);
    });

    /// <summary>Opens a file: reads its header and index, and checks that all of it is there.</summary>
    /// <exception cref="InvalidDataException">It is damaged or no such file.</exception>
    public static SampleFile Open(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[Start.Length], tail = stackalloc byte[TailBytes];
        if (stream.Length < start.Length + TailBytes)
        {
            throw BadFile.Error(path, "", $"holds {stream.Length} bytes and is no file of prepared samples", Remedy);
        }

        stream.ReadExactly(start);
        stream.Seek(-TailBytes, SeekOrigin.End);
        stream.ReadExactly(tail);
        (long place, int headerBytes, int count) = (MemoryMarshal.Read<long>(tail), MemoryMarshal.Read<int>(tail[8..]), MemoryMarshal.Read<int>(tail[12..]));
        long both = headerBytes + ((long)EntryBytes * count);
        if (!start.SequenceEqual(Start) || !tail[20..].SequenceEqual(End) || place < start.Length || headerBytes < 0 || count < 0 || both > int.MaxValue || place + both + TailBytes != stream.Length)
        {
            throw BadFile.Error(path, "", "is no whole file of prepared samples", Remedy);
        }

        var bytes = new byte[both];
        stream.Seek(place, SeekOrigin.Begin);
        stream.ReadExactly(bytes);
        if (Crc32C.Of(bytes) != MemoryMarshal.Read<uint>(tail[16..]))
        {
            throw BadFile.Error(path, "index", "does not have its checksum", Remedy);
        }

        Entry[] entries = MemoryMarshal.Cast<byte, Entry>(bytes.AsSpan(headerBytes)).ToArray();
        try
        {
            Header header = JsonSerializer.Deserialize<Header>(bytes.AsSpan(0, headerBytes), Json)!;
            return entries.All(entry => entry.Place >= Start.Length && entry.Bytes >= 0 && entry.Place + entry.Bytes <= place)
                ? new SampleFile(path, header, entries)
                : throw BadFile.Error(path, "index", "points outside the file", Remedy);
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException or NullReferenceException)
        {
            throw BadFile.Error(path, "header", $"cannot be used ({cause.Message})", Remedy, cause);
        }
    }

    /// <summary>Reads a sample; may be called from several threads at once.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="IOException">The file is gone.</exception>
    public LabelledWindow Read(int index)
    {
        Entry entry = _entries[index];
        string name = SampleReader.SampleName(Recording, entry.Label);
        var bytes = new byte[entry.Bytes];
        using SafeFileHandle file = File.OpenHandle(Path, options: FileOptions.RandomAccess);
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), entry.Place + read) is > 0 and int more)
        {
            read += more;
        }

        return read == bytes.Length && Crc32C.Of(bytes) == entry.Checksum
            ? new PackedSample(bytes, _sensor, name, Path).Unpack()
            : throw BadFile.Error(Path, name, "does not have its checksum", Remedy);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Entry(long Place, int Bytes, uint Checksum, int Label);

    private sealed record Header(string Recording, int Width, int Height, SampleTally Tally);

    private sealed class StoredSample(SampleFile file, int index) : ISample
    {
        public LabelledWindow Unpack() => file.Read(index);
    }
}
