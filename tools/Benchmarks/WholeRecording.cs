using StereoSpike.Ingest;

namespace StereoSpike.Benchmarks;

/// <summary>What is timed where a recording is read from end to end, in memory or from a file.</summary>
internal static class WholeRecording
{
    /// <summary>Reads and rectifies consecutive windows.</summary>
    /// <returns>Events kept, both cameras.</returns>
    public static long ToWindows(StereoWindowReader reader, long windowUs)
    {
        long kept = 0;
        foreach (TimeWindow span in WindowGrid.Cover(reader.Recording.Span, windowUs))
        {
            StereoWindow window = reader.Read(span);
            kept += window.Left.Length + window.Right.Length;
        }

        return kept;
    }

    /// <summary>Reads, rectifies and encodes consecutive windows.</summary>
    /// <param name="reader">Over the recording.</param>
    /// <param name="windowUs">Length of a window, µs.</param>
    /// <param name="encoder">Makes the frames.</param>
    /// <param name="values">Receives one frame after the other, shape [C,H,W].</param>
    /// <returns>Frames made.</returns>
    public static int ToFrames(StereoWindowReader reader, long windowUs, IStereoEncoder encoder, float[] values)
    {
        int frames = 0;
        foreach (TimeWindow span in WindowGrid.Cover(reader.Recording.Span, windowUs))
        {
            encoder.Encode(reader.Read(span), values);
            frames++;
        }

        return frames;
    }
}
