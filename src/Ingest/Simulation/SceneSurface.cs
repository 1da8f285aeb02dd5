using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>A flat, painted rectangle of a body.</summary>
/// <remarks>A place on it is origin + u·<see cref="EdgeU"/> + v·<see cref="EdgeV"/> with u and v in [0, 1].</remarks>
public sealed record SceneSurface
{
    /// <summary>The corner u = v = 0, metres, the body's axes.</summary>
    public required Vector3 Origin { get; init; }

    /// <summary>From the origin to the corner u = 1, metres.</summary>
    public required Vector3 EdgeU { get; init; }

    /// <summary>From the origin to the corner v = 1, metres.</summary>
    public required Vector3 EdgeV { get; init; }

    /// <summary>What is painted on it.</summary>
    public required SceneTexture Texture { get; init; }

    /// <summary>Where the origin lies on the texture, texels.</summary>
    public Vector2 TexelOrigin { get; init; }

    /// <summary>How many texels the two edges span.</summary>
    public Vector2 Texels { get; init; } = new(SceneTexture.Side);

    /// <summary>Intensity of the texture's 0, greater than 0; intensities have no unit, events see their ratios.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public float Dark { get; init => field = Guard.Above(value, 0f); } = 0.2f;

    /// <summary>Intensity of the texture's 1, greater than 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public float Bright { get; init => field = Guard.Above(value, 0f); } = 1f;

    /// <summary>What is cut out of it; null for the whole rectangle.</summary>
    public SilhouetteMask? Mask { get; init; }

    /// <summary>Whether it is seen from both sides; otherwise only from where EdgeU × EdgeV points away.</summary>
    public bool TwoSided { get; init; }

    /// <summary>The surfaces of the same body behind the edges u = 0, u = 1, v = 0 and v = 1, as indices into it; −1 where nothing adjoins.</summary>
    internal (int U0, int U1, int V0, int V1) Neighbours { get; init; } = (-1, -1, -1, -1);
}
