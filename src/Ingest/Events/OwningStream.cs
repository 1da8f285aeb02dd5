namespace StereoSpike.Ingest;

/// <summary>A stream for reading that takes what it comes from along when it is disposed.</summary>
internal sealed class OwningStream(Stream stream, IDisposable owner) : ForwardStream
{
    public override int Read(Span<byte> buffer) => stream.Read(buffer);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
            owner.Dispose();
        }

        base.Dispose(disposing);
    }
}
