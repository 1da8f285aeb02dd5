namespace StereoSpike.Ingest;

/// <summary>How <see cref="DeltaModulationEncoder"/> turns a signal into events.</summary>
public sealed record DeltaModulationSettings
{
    /// <summary>Changes that make an event, in the signal's unit, each greater than 0; every one gives a channel upwards and one downwards.</summary>
    public IReadOnlyList<float> Thresholds { get; init => field = value.Count is >= 1 and <= 64 && value.All(threshold => threshold > 0f && float.IsFinite(threshold)) ? value : throw new ArgumentException("There must be 1 to 64 thresholds, each greater than 0."); } = [10f, 30f, 90f];

    /// <summary>Samples of a step.</summary>
    public int StepSamples { get; init => field = Guard.Within(value, 1, 8192); } = 16;

    /// <summary>Steps of an input.</summary>
    public int Steps { get; init => field = Guard.Within(value, 1, 65536); } = 256;

    /// <summary>Channels of an input.</summary>
    public int Channels => 2 * Thresholds.Count;

    /// <summary>Samples that an input takes.</summary>
    public int Samples => Steps * StepSamples;
}
