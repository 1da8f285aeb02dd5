namespace StereoSpike.Ingest;

/// <summary>Bytes kept in a temporary file beside a file to be, gone when it is disposed or the process ends.</summary>
internal sealed class Spool(string path) : IDisposable
{
    private readonly FileStream _stream = new(
        $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.spool", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    public long Length { get; private set; }

    /// <exception cref="IOException">The disk is full; the message names the file to be.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException failure)
        {
            throw new IOException($"{path}: could not be written: {failure.Message.TrimEnd('.')}. Nothing was changed; free space or choose another place.", failure);
        }

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

    /// <summary>Copies everything to a stream.</summary>
    public void CopyTo(Stream target)
    {
        _stream.Position = 0;
        _stream.CopyTo(target);
    }

    public void Dispose() => _stream.Dispose();
}
