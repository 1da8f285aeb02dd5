using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>What stands and moves before a rig, and how the rig itself moves.</summary>
public sealed class SimulatedScene
{
    /// <summary>Disparity of the nearest thing that a scene of boxes holds unless asked for another, px.</summary>
    public const double NearestDisparityPx = 26;

    /// <summary>Makes a scene.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="bodies">What stands there.</param>
    /// <param name="rigPath">Where the left camera is; the right one is a baseline along its x axis.</param>
    /// <param name="order">How bodies of one layer hide one another.</param>
    public SimulatedScene(string name, IReadOnlyList<SceneBody> bodies, SmoothPath rigPath, DepthOrder order = DepthOrder.AlongAxis)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(bodies);
        ArgumentNullException.ThrowIfNull(rigPath);
        Name = name;
        Bodies = bodies;
        RigPath = rigPath;
        Order = order;
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>What stands there.</summary>
    public IReadOnlyList<SceneBody> Bodies { get; }

    /// <summary>Where the left camera is.</summary>
    public SmoothPath RigPath { get; }

    /// <summary>How bodies of one layer hide one another.</summary>
    public DepthOrder Order { get; }

    /// <summary>Intensity where there is no body, greater than 0; no depth is known there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public float SkyIntensity { get; init => field = Guard.Above(value, 0f); } = 0.5f;

    /// <summary>Draws a scene of a family.</summary>
    /// <param name="kind">Which family.</param>
    /// <param name="seed">Equal seeds give equal scenes.</param>
    /// <param name="rig">The cameras it is for: sizes and speeds are chosen for its pixels.</param>
    /// <param name="nearestDisparityPx">Of <see cref="SceneKind.Boxes"/>: disparity of the nearest thing that may be drawn, px, at least 6.</param>
    /// <param name="textures">Which textures may be seen.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such family, or the disparity is too small.</exception>
    public static SimulatedScene Draw(SceneKind kind, ulong seed, StereoRig rig, double nearestDisparityPx = NearestDisparityPx, TextureShare textures = TextureShare.All)
    {
        ArgumentNullException.ThrowIfNull(rig);
        return kind switch
        {
            SceneKind.Room => RoomScenes.Draw(seed, textures),
            SceneKind.Boxes => BoxScenes.Draw(seed, rig, Guard.AtLeast(nearestDisparityPx, 6.0), textures),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such family of scenes."),
        };
    }

    /// <summary>Larger for what is to be painted later.</summary>
    internal float Nearness(SceneBody body, in RigidPose pose, in RigidPose camera)
    {
        if (Order == DepthOrder.AlongAxis)
        {
            return -camera.FromWorld(pose.Position).Z;
        }

        Vector3 apart = pose.Position - camera.Position;
        float radius = body.CylinderRadiusMetres;
        return (radius * radius) - (apart.X * apart.X) - (apart.Z * apart.Z);
    }

    /// <summary>An upper estimate of how fast pictures move at an instant.</summary>
    /// <param name="seconds">When.</param>
    /// <param name="focalPx">Focal length, px.</param>
    /// <param name="nearestInverseDepth">1/z of the nearest thing in view, 1/metres.</param>
    /// <returns>Pixels per second.</returns>
    internal double ImageSpeedPxPerSecond(double seconds, double focalPx, double nearestInverseDepth)
    {
        // Off the axis of a rectified view a turn moves pixels by up to 1 + tan² times the focal length; 1.2 stands for the middle of it.
        (double speed, double turning) = RigPath.SpeedAt(seconds);
        RigidPose rig = RigPath.At(seconds);
        double fastest = 0;
        foreach (SceneBody body in Bodies)
        {
            if (!body.IsStill)
            {
                (double bodySpeed, double bodyTurning) = body.Path.SpeedAt(seconds);
                double distance = rig.FromWorld(body.Path.At(seconds).Position).Z - body.RadiusMetres;
                fastest = Math.Max(fastest, (bodySpeed + (bodyTurning * body.RadiusMetres)) / Math.Max(distance, 0.3));
            }
        }

        return focalPx * ((speed * nearestInverseDepth) + (1.2 * turning) + fastest);
    }
}
