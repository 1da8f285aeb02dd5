using System.IO.MemoryMappedFiles;

namespace StereoSpike.Ingest;

/// <summary>A file mapped into memory for reading: its bytes by place, checked against its length. Any number of threads may read it.</summary>
/// <remarks>The operating system keeps in memory what is used and drops the rest, so that a file may be larger than memory.</remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;

    /// <summary>Maps a file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public MappedFile(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Length = stream.Length;
        if (Length == 0)   // nothing to map, and the system would refuse
        {
            stream.Dispose();
            return;
        }

        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>Length, bytes.</summary>
    public long Length { get; }

    /// <summary>Whether the file holds <paramref name="length"/> bytes from <paramref name="at"/> on.</summary>
    public bool Holds(long at, long length) => at >= 0 && length >= 0 && at <= Length && length <= Length - at;

    /// <summary>Bytes of the file; valid until it is disposed.</summary>
    /// <exception cref="InvalidDataException">The file ends before them.</exception>
    public ReadOnlySpan<byte> Bytes(long at, int length) => Holds(at, length)
        ? new ReadOnlySpan<byte>(_start + at, length)
        : throw new InvalidDataException($"the file has {Length} bytes where {length} are needed at byte {at}");

    /// <summary>Elements of the file, which need not lie at a multiple of their size: x64 and arm64 read them from anywhere.</summary>
    /// <inheritdoc cref="Bytes" path="/exception"/>
    public ReadOnlySpan<T> Values<T>(long at, int count)
        where T : unmanaged => Holds(at, (long)count * sizeof(T))
        ? new ReadOnlySpan<T>(_start + at, count)
        : throw new InvalidDataException($"the file has {Length} bytes where {(long)count * sizeof(T)} are needed at byte {at}");

    public void Dispose()
    {
        if (_start != null)
        {
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
            _start = null;
        }

        _view?.Dispose();
        _map?.Dispose();
    }
}
