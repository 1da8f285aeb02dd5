namespace StereoSpike.Ingest;

/// <summary>Sound of one channel.</summary>
/// <param name="Samples">Amplitudes, −1 to 1 where the file holds integers.</param>
/// <param name="SampleRateHz">Samples a second.</param>
public sealed record AudioClip(float[] Samples, int SampleRateHz)
{
    /// <summary>Length, s.</summary>
    public double Seconds => (double)Samples.Length / SampleRateHz;
}
