using System.Collections.Concurrent;

namespace StereoSpike.Ingest;

/// <summary>Draws the textures of simulated scenes, all computed here and none taken from a picture.</summary>
/// <remarks>A texture is made once and shared: scenes vary it by scale, place, brightness and contrast.</remarks>
public static class SceneTextures
{
    /// <summary>How many different textures there are of a kind.</summary>
    public const int Variants = 16;

    private const int Side = SceneTexture.Side;

    private static readonly ConcurrentDictionary<(TextureKind Kind, int Variant), SceneTexture> Made = new();

    /// <summary>One texture.</summary>
    /// <param name="kind">What it shows.</param>
    /// <param name="variant">Which of its kind, 0 to <see cref="Variants"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind or variant.</exception>
    public static SceneTexture Get(TextureKind kind, int variant)
    {
        Guard.Within(variant, 0, Variants - 1);
        return Made.GetOrAdd((kind, variant), static key => new SceneTexture(Draw(key.Kind, new SeededDraws((ulong)key.Variant, (ulong)key.Kind))));
    }

    private static float[] Draw(TextureKind kind, SeededDraws draws) => kind switch
    {
        TextureKind.Clouds => Clouds(draws, 8, 5),
        TextureKind.Checker => Checker(draws),
        TextureKind.Stripes => Stripes(draws),
        TextureKind.Bricks => Bricks(draws),
        TextureKind.Speckle => Speckle(draws),
        TextureKind.Print => Print(draws),
        TextureKind.Sparse => Sparse(draws),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such texture."),
    };

    /// <summary>Octaves of value noise on lattices that tile, each twice as fine and 0.6 times as strong, stretched to 0..1.</summary>
    private static float[] Clouds(SeededDraws draws, int cells, int octaves)
    {
        var picture = new float[Side * Side];
        for (float strength = 1f; octaves > 0; octaves--, cells *= 2, strength *= 0.6f)
        {
            AddValueNoise(picture, draws, cells, strength);
        }

        float low = picture.Min(), span = picture.Max() - low;
        for (int i = 0; i < picture.Length; i++)
        {
            picture[i] = (picture[i] - low) / span;
        }

        return picture;
    }

    private static void AddValueNoise(float[] picture, SeededDraws draws, int cells, float strength)
    {
        var lattice = new float[cells * cells];
        for (int i = 0; i < lattice.Length; i++)
        {
            lattice[i] = strength * (float)draws.NextUnit();
        }

        for (int y = 0; y < Side; y++)
        {
            (int y0, int y1, float fy) = Between(y, cells);
            for (int x = 0; x < Side; x++)
            {
                (int x0, int x1, float fx) = Between(x, cells);
                float upper = float.Lerp(lattice[(y0 * cells) + x0], lattice[(y0 * cells) + x1], fx);
                float lower = float.Lerp(lattice[(y1 * cells) + x0], lattice[(y1 * cells) + x1], fx);
                picture[(y * Side) + x] += float.Lerp(upper, lower, fy);
            }
        }
    }

    /// <summary>The lattice points on both sides of a texel and the smooth share of the second (3f² − 2f³).</summary>
    private static (int First, int Second, float Share) Between(int texel, int cells)
    {
        float place = (float)texel * cells / Side;
        int first = (int)place;
        float share = place - first;
        return (first, (first + 1) % cells, share * share * (3f - (2f * share)));
    }

    private static float[] Checker(SeededDraws draws)
    {
        int cells = 4 << draws.NextIndex(3);
        int size = Side / cells;
        var greys = new float[cells * cells];
        for (int i = 0; i < greys.Length; i++)
        {
            bool bright = ((i / cells) + i) % 2 == 0;
            greys[i] = bright ? draws.Uniform(0.7f, 1f) : draws.Uniform(0f, 0.3f);
        }

        return Fill((x, y) => greys[(y / size * cells) + (x / size)]);
    }

    private static float[] Stripes(SeededDraws draws)
    {
        var column = new float[Side];
        for (int x = 0; x < Side;)
        {
            float grey = (float)draws.NextUnit();
            for (int end = Math.Min(Side, x + 4 + draws.NextIndex(24)); x < end; x++)
            {
                column[x] = grey;
            }
        }

        float[] grain = Clouds(draws, 16, 3);
        return Fill((x, y) => (0.8f * column[x]) + (0.2f * grain[(y * Side) + x]));
    }

    private static float[] Bricks(SeededDraws draws)
    {
        const int Width = 64, Height = 32, Mortar = 4, Columns = Side / Width;
        var greys = new float[Columns * (Side / Height)];
        for (int i = 0; i < greys.Length; i++)
        {
            greys[i] = draws.Uniform(0.1f, 0.6f);
        }

        float[] grain = Clouds(draws, 32, 3);
        return Fill((x, y) =>
        {
            int row = y / Height, shifted = (x + (row % 2 * (Width / 2))) % Side;
            bool joint = y % Height < Mortar || shifted % Width < Mortar;
            return (joint ? 0.85f : greys[(row * Columns) + (shifted / Width)]) + (0.15f * grain[(y * Side) + x]);
        });
    }

    private static float[] Speckle(SeededDraws draws)
    {
        float[] picture = Plain(0.5f);
        for (int i = 0; i < 400; i++)
        {
            Ellipse(picture, draws, draws.NextIndex(Side), draws.NextIndex(Side), draws.Uniform(1.5f, 7f), 1f, (float)draws.NextUnit());
        }

        return picture;
    }

    private static float[] Print(SeededDraws draws)
    {
        float[] picture = Plain(0.95f);
        for (int line = 8; line < Side; line += 18)
        {
            for (int x = 6; x < Side - 6; x += 6 + draws.NextIndex(6))
            {
                if (draws.Chance(0.8))
                {
                    Ellipse(picture, draws, x, line + draws.NextIndex(4), draws.Uniform(1.5f, 4f), draws.Uniform(0.5f, 2f), draws.Uniform(0f, 0.3f));
                }
            }
        }

        return picture;
    }

    private static float[] Sparse(SeededDraws draws)
    {
        float[] clouds = Clouds(draws, 4, 2);
        float[] picture = Fill((x, y) => 0.45f + (0.1f * clouds[(y * Side) + x]));
        for (int lines = 1 + draws.NextIndex(4); lines > 0; lines--)
        {
            bool upright = draws.Chance(0.6);
            int place = draws.NextIndex(Side - 10), thickness = 3 + draws.NextIndex(7);
            float grey = draws.Chance(0.5) ? draws.Uniform(0f, 0.25f) : draws.Uniform(0.75f, 1f);
            for (int i = 0; i < Side * thickness; i++)
            {
                int along = i % Side, across = place + (i / Side);
                picture[upright ? (along * Side) + across : (across * Side) + along] = grey;
            }
        }

        return picture;
    }

    private static void Ellipse(float[] picture, SeededDraws draws, int centreX, int centreY, float radius, float stretch, float grey)
    {
        float lean = draws.Uniform(-0.5f, 0.5f), rx = radius, ry = radius * stretch;
        int reach = (int)MathF.Ceiling(Math.Max(rx, ry) * 1.6f);
        for (int dy = -reach; dy <= reach; dy++)
        {
            for (int dx = -reach; dx <= reach; dx++)
            {
                float u = (dx + (lean * dy)) / rx, v = dy / ry;
                float coverage = Math.Clamp(0.5f + ((1f - MathF.Sqrt((u * u) + (v * v))) * Math.Min(rx, ry)), 0f, 1f);
                ref float texel = ref picture[((centreY + dy) & (Side - 1)) * Side + ((centreX + dx) & (Side - 1))];
                texel = float.Lerp(texel, grey, coverage);
            }
        }
    }

    private static float[] Plain(float grey) => Fill((_, _) => grey);

    private static float[] Fill(Func<int, int, float> grey)
    {
        var picture = new float[Side * Side];
        for (int i = 0; i < picture.Length; i++)
        {
            picture[i] = grey(i % Side, i / Side);
        }

        return picture;
    }
}
