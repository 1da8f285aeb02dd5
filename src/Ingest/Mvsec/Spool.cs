namespace StereoSpike.Ingest;

/// <summary>Bytes kept in a temporary file beside a file to be, gone when it is disposed or the process ends.</summary>
internal sealed class Spool(string path) : IDisposable
{
    private readonly FileStream _stream = new(
        $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.spool", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        Length += bytes.Length;
    }

    public void Read(long at, Span<byte> bytes)
    {
        _stream.Position = at;
        _stream.ReadExactly(bytes);
    }

    /// <summary>Copies everything into another file, in pieces.</summary>
    public void CopyInto(string target, long offset, int pieceBytes)
    {
        if (Length == 0)
        {
            return;
        }

        using var stream = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.None, 1);
        stream.Position = offset;
        _stream.Position = 0;
        _stream.CopyTo(stream, pieceBytes);
        stream.Flush(flushToDisk: true);
    }

    public void Dispose() => _stream.Dispose();
}
