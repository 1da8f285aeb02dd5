using System.Globalization;

namespace StereoSpike.Training;

/// <summary>What of a recording becomes samples: all that a prepared file depends on beside the recording itself.</summary>
public sealed record SampleSettings
{
    /// <summary>The cameras' size.</summary>
    public required SensorSize Sensor { get; init; }

    /// <summary>Length of a window, µs, at least 1.</summary>
    public long WindowUs { get; init => field = Guard.AtLeast(value, 1L); } = 50_000;

    /// <summary>Every how many labels one is taken, at least 1.</summary>
    public int LabelStride { get; init => field = Guard.AtLeast(value, 1); } = 1;

    /// <summary>Whether the right camera's depth is kept too, which a horizontal flip needs.</summary>
    public bool RightTruth { get; init; }

    /// <summary>Whether the depth at the window's start is kept too, which a time mirror needs.</summary>
    public bool StartTruth { get; init; }

    /// <summary>The labels to take; null for all.</summary>
    public LabelSet? Labels { get; init; }

    /// <summary>What a training run asks for.</summary>
    public static SampleSettings Of(TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new SampleSettings
        {
            Sensor = settings.Network.Sensor,
            WindowUs = settings.Network.WindowUs,
            LabelStride = settings.LabelStride,
            RightTruth = settings.Augmentation.HorizontalFlip > 0,
            StartTruth = settings.Augmentation.TimeMirror > 0,
        };
    }

    /// <summary>One line that says it all: the same line, the same samples.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"sensor {Sensor}, window {WindowUs} µs, every {LabelStride}. label of {(Labels is null ? "all" : Labels.ToString())}, right truth {RightTruth}, start truth {StartTruth}");
}
