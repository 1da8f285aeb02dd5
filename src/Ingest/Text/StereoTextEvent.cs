namespace StereoSpike.Ingest;

/// <summary>An event as a file gives it: timed on the file's own clock, with its camera and, where there is one, its disparity.</summary>
/// <param name="Event">Where, when (µs on the file's clock) and which way; on the sensor, counted from 0.</param>
/// <param name="Camera">Which eye saw it, after exchange where that was asked for.</param>
/// <param name="DisparityPx">x_left − x_right, px, greater than 0; NaN where unknown.</param>
public readonly record struct StereoTextEvent(DvsEvent Event, Camera Camera, float DisparityPx);
