using System.Globalization;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Draws a <see cref="ChipMap"/>: a square a core, in the colour of the layer that it holds and as bright as it is full.</summary>
public static class ChipPicture
{
    private const int Cell = 14, Gap = 2, Margin = 16, LegendRow = 20, LegendWidth = 320, TitleHeight = 56;

    /// <summary>Draws the map; cores that the chip lacks are outlined.</summary>
    public static Picture Draw(ChipMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        int cores = map.Profile.Cores.Sum(kind => kind.Count), shown = Math.Max(cores, map.Placements.Select(placement => placement.FirstCore + placement.Cores).DefaultIfEmpty().Max());
        int columns = Math.Clamp((int)Math.Ceiling(Math.Sqrt(shown)), 1, 64), rows = (shown + columns - 1) / columns;
        int gridWidth = columns * (Cell + Gap), height = TitleHeight + Math.Max(rows * (Cell + Gap), map.Placements.Count * LegendRow) + Margin;
        using var sketch = new Sketch(Margin + Math.Max(gridWidth, 120) + Margin + LegendWidth, height);
        sketch.Title($"{map.Profile.Name}: {map.CoresUsed} of {cores} cores{(map.Fits ? "" : $", {map.Violations.Count} limits exceeded")}", Margin, 26);
        sketch.Small("a square is a core, brighter where fuller; grey is free, outlined is missing", Margin, 44);
        for (int core = 0; core < shown; core++)
        {
            sketch.Fill(X(core), Y(core), Cell, Cell, core < cores ? new Colour(0x2A, 0x2E, 0x36) : new Colour(0x16, 0x19, 0x1E));
        }

        for (int i = 0; i < map.Placements.Count; i++)
        {
            CorePlacement placement = map.Placements[i];
            Colour colour = ColourMap.Turbo.At((i + 0.5) / map.Placements.Count);
            for (int core = placement.FirstCore; core < placement.FirstCore + placement.Cores; core++)
            {
                sketch.Fill(X(core), Y(core), Cell, Cell, colour);
                if (core >= cores)
                {
                    sketch.Fill(X(core) + 2, Y(core) + 2, Cell - 4, Cell - 4, new Colour(0x16, 0x19, 0x1E));
                }
                else
                {
                    int empty = (int)((Cell - 2) * (1 - (placement.Fill ?? 1)));   // from the top, like a level
                    sketch.Fill(X(core) + 1, Y(core) + 1, Cell - 2, empty, Dimmed(colour));
                }
            }

            int x = Margin + Math.Max(gridWidth, 120) + Margin, y = TitleHeight + (i * LegendRow);
            sketch.Fill(x, y, Cell, Cell, colour);
            sketch.Small(string.Create(CultureInfo.InvariantCulture, $"{placement.Population.Name}: {placement.Cores} cores{(placement.Fill is { } fill ? $", {100 * fill:F0} % full" : "")}"), x + Cell + 6, y + 11);
        }

        return sketch.Finish();

        int X(int core) => Margin + (core % columns * (Cell + Gap));

        int Y(int core) => TitleHeight + (core / columns * (Cell + Gap));
    }

    private static Colour Dimmed(Colour colour) => new((byte)(colour.Red / 3), (byte)(colour.Green / 3), (byte)(colour.Blue / 3));
}
