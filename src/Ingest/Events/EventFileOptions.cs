namespace StereoSpike.Ingest;

/// <summary>What an event file does not say of itself.</summary>
public sealed record EventFileOptions
{
    /// <summary>The format; null to tell it from the file.</summary>
    public EventFormat? Format { get; init; }

    /// <summary>The camera's size; null for what the file says, or else the smallest that holds its events (a file is then read twice; a pipe gets what the format can address).</summary>
    public SensorSize? Sensor { get; init; }

    /// <summary>What NumPy's times count; null for µs where they are whole numbers and seconds where they are fractions.</summary>
    public TimeUnit? TimeUnit { get; init; }

    /// <summary>The columns of a NumPy matrix, as <see cref="EventTextOptions.Order"/>; null for t x y p.</summary>
    public string? Order { get; init; }

    /// <summary>What x, y, t and p are called in an npz or in records, such as <c>x=col,y=row,t=stamp,p=on</c>; null to find them by the names in use.</summary>
    public string? Keys { get; init; }

    /// <summary>Whose events of a ROS bag; null where only one topic has any.</summary>
    public string? Topic { get; init; }
}
