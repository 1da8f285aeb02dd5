namespace StereoSpike.Ingest;

/// <summary>How it is known which of two bodies of one layer stands before the other.</summary>
public enum DepthOrder
{
    /// <summary>By depth along the camera's axis: for scenes whose bodies share no depth.</summary>
    AlongAxis,

    /// <summary>By the camera's power with respect to the upright cylinder around each body: exact for bodies whose cylinders are disjoint, wherever the camera is.</summary>
    UprightCylinders,
}
