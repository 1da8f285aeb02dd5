namespace StereoSpike.Training;

/// <summary>A window of events and the depth at its end, before encoding: what augmentation works on.</summary>
/// <param name="Window">Rectified events of both cameras, in memory of their own.</param>
/// <param name="Truth">Depth at the window's end, left camera.</param>
/// <param name="RightTruth">Depth at the window's end, right camera; null where unknown.</param>
/// <param name="StartTruth">Depth at the window's start, left camera; null where unknown.</param>
/// <param name="FocalBaselinePxMetres">The rig, px·m.</param>
public sealed record LabelledWindow(StereoWindow Window, DepthMap Truth, DepthMap? RightTruth, DepthMap? StartTruth, double FocalBaselinePxMetres)
{
    /// <summary>What messages call it: the recording and its label.</summary>
    public string Name { get; init; } = "";
}
