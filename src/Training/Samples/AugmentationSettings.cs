namespace StereoSpike.Training;

/// <summary>How a sample is varied each time it is drawn; all of it keeps the stereo geometry true. Defaults: nothing.</summary>
public sealed record AugmentationSettings
{
    /// <summary>Chance of turning the scene upside down, 0..1.</summary>
    public double VerticalFlip { get; init => field = Guard.Within(value, 0.0, 1.0); }

    /// <summary>Chance of mirroring left and right, 0..1: the cameras change places, and the truth is the right camera's. Skipped where that is not known.</summary>
    public double HorizontalFlip { get; init => field = Guard.Within(value, 0.0, 1.0); }

    /// <summary>Chance of running time backwards, 0..1: polarities change sign, and the truth is the one at the window's start. Skipped where that is not known.</summary>
    public double TimeMirror { get; init => field = Guard.Within(value, 0.0, 1.0); }

    /// <summary>Each camera loses a share of its own events, drawn anew up to this, 0..0.95.</summary>
    public double EventDrop { get; init => field = Guard.Within(value, 0.0, 0.95); }

    /// <summary>The right camera's image is moved by up to so many px either way, and every disparity with it: as if the cameras were toed in. For networks that answer in disparity.</summary>
    public int ShiftPx { get; init => field = Guard.Within(value, 0, 256); }

    /// <summary>The right camera's rows are moved by up to so many px either way, the truth unchanged: what an imperfect rectification does.</summary>
    public int RowJitterPx { get; init => field = Guard.Within(value, 0, 16); }

    /// <summary>The right camera's clock is moved by up to so many µs either way, the truth unchanged: events that leave the window are lost.</summary>
    public long ClockJitterUs { get; init => field = Guard.Within(value, 0L, 1_000_000L); }
}
