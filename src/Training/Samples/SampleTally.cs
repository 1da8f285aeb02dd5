namespace StereoSpike.Training;

/// <summary>What became of a set's labels: those that teach nothing are left out and counted.</summary>
/// <param name="Kept">Labels that became samples.</param>
/// <param name="BeforeRecording">Left out: the window begins before the cameras ran.</param>
/// <param name="WithoutEvents">Left out: neither camera saw an event in the window.</param>
/// <param name="WithoutTruth">Left out: no pixel of the depth map is known.</param>
public readonly record struct SampleTally(int Kept, int BeforeRecording, int WithoutEvents, int WithoutTruth)
{
    /// <summary>Labels left out.</summary>
    public int Skipped => BeforeRecording + WithoutEvents + WithoutTruth;

    /// <summary>Two sets together.</summary>
    public static SampleTally operator +(SampleTally one, SampleTally other) => new(
        one.Kept + other.Kept, one.BeforeRecording + other.BeforeRecording, one.WithoutEvents + other.WithoutEvents, one.WithoutTruth + other.WithoutTruth);

    /// <summary>Two sets together.</summary>
    public static SampleTally Add(SampleTally one, SampleTally other) => one + other;

    /// <summary>To print: how many were kept, and how many left out for which reason.</summary>
    public override string ToString() => Skipped == 0
        ? $"{Kept} samples"
        : $"{Kept} samples; left out {BeforeRecording} labels before the recording, {WithoutEvents} without events, {WithoutTruth} without a known depth";
}
