using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>How a rig or a body moves: a straight, evenly turning course with swings added. Known at every instant, so that no step is accumulated.</summary>
public sealed record SmoothPath
{
    /// <summary>Position at time 0 without its swings, metres, world axes.</summary>
    public Vector3 StartMetres { get; init; }

    /// <summary>Steady velocity, metres per second, world axes.</summary>
    public Vector3 MetresPerSecond { get; init; }

    /// <summary>Attitude at time 0 without its swings: pitch about x, yaw about y, roll about z; radians.</summary>
    public Vector3 StartRadians { get; init; }

    /// <summary>Steady turning: pitch, yaw, roll; radians per second.</summary>
    public Vector3 RadiansPerSecond { get; init; }

    /// <summary>The swings added to both.</summary>
    public IReadOnlyList<Swing> Swings { get; init; } = [];

    /// <summary>Whether nothing moves at all.</summary>
    public bool IsStill => MetresPerSecond == Vector3.Zero && RadiansPerSecond == Vector3.Zero
        && Swings.All(swing => swing.Metres == Vector3.Zero && swing.Radians == Vector3.Zero);

    /// <summary>The pose at an instant.</summary>
    /// <param name="seconds">Time since the recording's origin.</param>
    public RigidPose At(double seconds)
    {
        Vector3 position = StartMetres + (MetresPerSecond * (float)seconds);
        Vector3 attitude = StartRadians + (RadiansPerSecond * (float)seconds);
        for (int i = 0; i < Swings.Count; i++)
        {
            Swing swing = Swings[i];
            float share = (float)Math.Sin((2.0 * Math.PI * swing.Hertz * seconds) + swing.Phase);
            position += swing.Metres * share;
            attitude += swing.Radians * share;
        }

        return new RigidPose(position, Quaternion.CreateFromYawPitchRoll(attitude.Y, attitude.X, attitude.Z));
    }

    /// <summary>Speed and turning rate at an instant, over the millisecond that follows.</summary>
    /// <param name="seconds">Time since the recording's origin.</param>
    /// <returns>Metres per second and radians per second, not negative.</returns>
    public (double MetresPerSecond, double RadiansPerSecond) SpeedAt(double seconds)
    {
        const double Span = 1e-3;
        RigidPose now = At(seconds), soon = At(seconds + Span);
        float cosine = Math.Min(1f, Math.Abs(Quaternion.Dot(now.Orientation, soon.Orientation)));
        return (Vector3.Distance(now.Position, soon.Position) / Span, 2.0 * Math.Acos(cosine) / Span);
    }
}
