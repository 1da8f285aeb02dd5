namespace StereoSpike.Ingest;

/// <summary>How <see cref="FlowHistogramEncoder"/> sees a flow.</summary>
public sealed record FlowHistogramSettings
{
    /// <summary>Time bins of a window, 1 to 4096.</summary>
    public int Steps { get; init => field = Guard.Within(value, 1, 4096); } = 300;

    /// <summary>Length of a time bin, µs.</summary>
    public long StepUs { get; init => field = Guard.Within(value, 1, 3_600_000_000); } = 200_000;

    /// <summary>From the start of a window to that of the next, µs.</summary>
    public long StrideUs { get; init => field = Guard.Within(value, 1, 3_600_000_000); } = 15_000_000;

    /// <summary>Windows with fewer packets are left out.</summary>
    public int MinimumPackets { get; init => field = Guard.AtLeast(value, 1); } = 10;

    /// <summary>Windows whose packets span less are left out, µs.</summary>
    public long MinimumSpanUs { get; init => field = Guard.AtLeast(value, 0); } = 40_000_000;

    /// <summary>Length of a window, µs.</summary>
    public long WindowUs => Steps * StepUs;
}
