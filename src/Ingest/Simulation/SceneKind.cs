namespace StereoSpike.Ingest;

/// <summary>The families of scenes that can be drawn from a seed.</summary>
public enum SceneKind
{
    /// <summary>A textured room with boxes, panels and people, seen by a rig that flies through it.</summary>
    Room,

    /// <summary>One to four boxes, panels or silhouettes that cross the view of a resting or slowly drifting rig.</summary>
    Boxes,
}
