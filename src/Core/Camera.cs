namespace StereoSpike;

/// <summary>Which eye of a stereo rig. Left comes before right wherever both are stored.</summary>
public enum Camera : byte
{
    /// <summary>The reference camera: depth maps and pictures are in its rectified pixels.</summary>
    Left = 0,

    /// <summary>The camera to its right, seeing every point at x_right = x_left − disparity.</summary>
    Right = 1,
}
