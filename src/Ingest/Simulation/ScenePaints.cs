using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>Draws how surfaces look.</summary>
internal static class ScenePaints
{
    private static readonly TextureKind[] Kinds = Enum.GetValues<TextureKind>();

    /// <summary>Any paint.</summary>
    /// <param name="draws">Where its chances come from.</param>
    /// <param name="sizeMetres">How long the surface is, which the texture spans about once.</param>
    /// <param name="contrast">Largest ratio of its brightest to its darkest intensity, greater than 1.</param>
    public static SurfacePaint Any(SeededDraws draws, float sizeMetres, double contrast) =>
        Of(draws, Kinds[draws.NextIndex(Kinds.Length)], sizeMetres, contrast);

    /// <summary>A paint of one kind; see <see cref="Any"/>.</summary>
    public static SurfacePaint Of(SeededDraws draws, TextureKind kind, float sizeMetres, double contrast)
    {
        const int training = SceneTextures.Variants * 3 / 4;
        int variant = draws.Textures switch
        {
            TextureShare.Training => draws.NextIndex(training),
            TextureShare.Test => training + draws.NextIndex(SceneTextures.Variants - training),
            _ => draws.NextIndex(SceneTextures.Variants),
        };
        SceneTexture texture = SceneTextures.Get(kind, variant);
        float bright = (float)draws.LogUniform(0.25, 1), ratio = (float)draws.LogUniform(Math.Sqrt(contrast), contrast);
        float texelsPerMetre = SceneTexture.Side / sizeMetres * (float)draws.LogUniform(0.6, 1.4);
        var place = new Vector2(draws.NextIndex(SceneTexture.Side), draws.NextIndex(SceneTexture.Side));
        return new SurfacePaint(texture, texelsPerMetre, place, bright / ratio, bright);
    }
}
