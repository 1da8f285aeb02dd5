using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace StereoSpike.Files;

/// <summary>A file for a library that follows references from object to object without counting them: where a damaged file leads it in circles, a read fails before the stack is used up, which would end the process.</summary>
/// <remarks>Every turn of such a circle reads something, so that the one check here covers all of them. Each thread has a place of its own in the file.</remarks>
public sealed class StackGuardedStream : Stream
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly ThreadLocal<long> _position = new();

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public StackGuardedStream(string path)
    {
        _path = path;
        _handle = File.OpenHandle(path);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <summary>Always false.</summary>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => RandomAccess.GetLength(_handle);

    /// <inheritdoc/>
    public override long Position
    {
        get => _position.Value;
        set => _position.Value = Guard.AtLeast(value, 0L, nameof(value));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The stack is nearly used up: the file refers to itself in circles.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw BadFile.Error(_path, $"byte {Position}", "leads in circles: objects of the file refer to one another without end", "The file is damaged; copy or download it again.");
        }

        int read = RandomAccess.Read(_handle, buffer, Position);
        _position.Value += read;
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = offset + (origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    });

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _handle.Dispose();
            _position.Dispose();
        }

        base.Dispose(disposing);
    }
}
