using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>How a surface looks, apart from where it is.</summary>
/// <param name="Texture">What is painted on it.</param>
/// <param name="TexelsPerMetre">How fine, greater than 0.</param>
/// <param name="TexelOrigin">Where its corner lies on the texture, texels.</param>
/// <param name="Dark">Intensity of the texture's 0, greater than 0.</param>
/// <param name="Bright">Intensity of the texture's 1, greater than 0.</param>
public sealed record SurfacePaint(SceneTexture Texture, float TexelsPerMetre, Vector2 TexelOrigin, float Dark, float Bright)
{
    /// <summary>The paint in other light.</summary>
    /// <param name="light">Factor on both intensities, greater than 0.</param>
    public SurfacePaint Lit(float light) => this with { Dark = Dark * light, Bright = Bright * light };

    /// <summary>A painted rectangle.</summary>
    /// <param name="origin">Its first corner, metres, the body's axes.</param>
    /// <param name="edgeU">To its second corner, metres.</param>
    /// <param name="edgeV">To its fourth corner, metres.</param>
    public SceneSurface On(Vector3 origin, Vector3 edgeU, Vector3 edgeV) => new()
    {
        Origin = origin,
        EdgeU = edgeU,
        EdgeV = edgeV,
        Texture = Texture,
        TexelOrigin = TexelOrigin,
        Texels = TexelsPerMetre * new Vector2(edgeU.Length(), edgeV.Length()),
        Dark = Dark,
        Bright = Bright,
    };
}
