namespace StereoSpike;

/// <summary>What both cameras reported during one window of their shared clock, in rectified pixels.</summary>
/// <param name="Window">The window, µs since the recording's origin.</param>
/// <param name="Sensor">Size of each camera; every event lies on it.</param>
/// <param name="Left">The left camera's events inside the window, in time order.</param>
/// <param name="Right">The right camera's events inside the window, in time order.</param>
/// <remarks>The memory may be its reader's buffer: read it before the reader moves on, or copy it.</remarks>
public readonly record struct StereoWindow(TimeWindow Window, SensorSize Sensor, ReadOnlyMemory<DvsEvent> Left, ReadOnlyMemory<DvsEvent> Right)
{
    /// <summary>One camera's events.</summary>
    public ReadOnlyMemory<DvsEvent> Events(Camera camera) => camera == Camera.Left ? Left : Right;
}
