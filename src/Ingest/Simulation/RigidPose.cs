using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>Where a body or a camera is in the world, and how it is turned.</summary>
/// <param name="Position">Its origin, metres; x right, y down, z ahead, as a camera sees them.</param>
/// <param name="Orientation">Unit quaternion that turns its own axes into the world's.</param>
public readonly record struct RigidPose(Vector3 Position, Quaternion Orientation)
{
    /// <summary>At the world's origin, unturned.</summary>
    public static RigidPose Identity => new(Vector3.Zero, Quaternion.Identity);

    /// <summary>A point of the body, in the world.</summary>
    /// <param name="point">Metres, the body's own axes.</param>
    public Vector3 ToWorld(Vector3 point) => Vector3.Transform(point, Orientation) + Position;

    /// <summary>A point of the world, as the body sees it.</summary>
    /// <param name="point">Metres, the world's axes.</param>
    public Vector3 FromWorld(Vector3 point) => Vector3.Transform(point - Position, Quaternion.Conjugate(Orientation));

    /// <summary>The same pose in the axes of another body.</summary>
    /// <param name="observer">The body that looks, in the world.</param>
    public RigidPose SeenFrom(in RigidPose observer) =>
        new(observer.FromWorld(Position), Quaternion.Conjugate(observer.Orientation) * Orientation);
}
