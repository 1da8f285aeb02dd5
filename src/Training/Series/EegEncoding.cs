using StereoSpike.Ingest;

namespace StereoSpike.Training;

/// <summary>What is asked about an electroencephalogram.</summary>
public enum EegQuestion
{
    /// <summary>Bonn: is it a seizure (set E) or not (A to D)?</summary>
    Seizure,

    /// <summary>Bonn: which of the five sets?</summary>
    Sets,

    /// <summary>Eye State: are the eyes closed?</summary>
    Eyes,
}

/// <summary>How a signal goes into the network.</summary>
public enum EegInput
{
    /// <summary>Logarithm of the power in bands, a number each.</summary>
    BandPower,

    /// <summary>Counts of events of change, upwards and downwards.</summary>
    Delta,
}

/// <summary>How <see cref="EegTask"/> makes samples.</summary>
public sealed record EegEncoding
{
    /// <summary>The question.</summary>
    public EegQuestion Question { get; init; } = EegQuestion.Seizure;

    /// <summary>Which encoder.</summary>
    public EegInput Input { get; init; } = EegInput.BandPower;

    /// <summary>Settings of the one.</summary>
    public BandPowerSettings BandPower { get; init; } = new();

    /// <summary>Settings of the other.</summary>
    public DeltaModulationSettings Delta { get; init; } = new();

    /// <summary>Samples from window to window, where a recording is longer than one.</summary>
    public int WindowHopSamples { get; init => field = Guard.AtLeast(value, 1); } = 4096;

    /// <summary>Samples are kept within ± this around their window's median: what is beyond is a loose electrode.</summary>
    public float LimitUv { get; init => field = Guard.Above(value, 0f); } = 3000f;

    /// <summary>Sampling rate that signals must have, Hz.</summary>
    public double SampleRateHz { get; init => field = Guard.Above(value, 0.0); } = BonnFiles.SampleRateHz;

    /// <summary>Electrodes of an input.</summary>
    public int Channels { get; init => field = Guard.Within(value, 1, 256); } = 1;

    /// <summary>Samples that an input takes.</summary>
    public int WindowSamples => Input == EegInput.BandPower ? BandPower.Samples : Delta.Samples;

    /// <summary>The usual settings for a question.</summary>
    public static EegEncoding For(EegQuestion question, EegInput input) => question != EegQuestion.Eyes ? new EegEncoding { Question = question, Input = input } : new EegEncoding
    {
        Question = question,
        Input = input,
        BandPower = new BandPowerSettings { WindowSamples = 64, HopSamples = 16, Frames = 13, EdgesHz = [1, 3, 5, 7, 9, 11, 13, 19, 31] },
        Delta = new DeltaModulationSettings { Thresholds = [4f, 12f], StepSamples = 4, Steps = 64 },
        WindowHopSamples = 32,
        LimitUv = 100f,
        SampleRateHz = EyeStateTable.SampleRateHz,
        Channels = 14,
    };
}
