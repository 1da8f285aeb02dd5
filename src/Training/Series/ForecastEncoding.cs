namespace StereoSpike.Training;

/// <summary>How far a forecast looks ahead.</summary>
public enum ForecastQuestion
{
    /// <summary>The next hour.</summary>
    Hour,

    /// <summary>The next 24 hours, all at once.</summary>
    Day,
}

/// <summary>How <see cref="ForecastTask"/> makes samples.</summary>
public sealed record ForecastEncoding
{
    /// <summary>How far ahead.</summary>
    public ForecastQuestion Question { get; init; } = ForecastQuestion.Hour;

    /// <summary>Hours that the network sees, 24 to 4096.</summary>
    public int Steps { get; init => field = Guard.Within(value, ForecastTask.HoursOfDay, 4096); } = 48;

    /// <summary>What values are divided by: the mean of the part that is learned from.</summary>
    public double Scale { get; init => field = Guard.Above(value, 0.0); } = 1;
}
