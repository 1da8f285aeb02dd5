namespace StereoSpike.Hardware;

/// <summary>Cuts each population over as few cores as hold it: by channels where weights are many, by rows where neurons are.</summary>
internal static class ManyCorePlacement
{
    public static IReadOnlyList<CorePlacement> Place(IReadOnlyList<Population> populations, ChipProfile chip, List<ChipViolation> violations)
    {
        var placements = new List<CorePlacement>();
        int next = 0, cores = chip.Cores.Sum(kind => kind.Count);
        CoreKind smallest = new(cores, chip.Cores.Min(kind => kind.Neurons), chip.Cores.Min(kind => kind.Weights));   // a cut must fit wherever it falls
        foreach (Population population in populations)
        {
            if (Cut(population, smallest, next) is { } placement)
            {
                placements.Add(placement);
                next += placement.Cores;
                continue;
            }

            int channels = population.Shape.Channels, width = population.Shape.Width;
            bool narrow = width > smallest.Neurons;
            violations.Add(narrow
                ? new("cores.neurons", $"{smallest.Neurons}", $"{width} in one row of one channel", population.Name, $"Crop or sum the input to rows of {smallest.Neurons} px.")
                : new("cores.weights", $"{smallest.Weights}", $"{(population.Weights + channels - 1) / channels} for one channel", population.Name, ChipLimits.Narrower((double)population.Weights / channels, smallest.Weights ?? 1, "weights a channel")));
        }

        if (next > cores)
        {
            int sums = placements.Where(placement => placement.Population.HoldsSums).Sum(placement => placement.Cores);
            string fold = sums == 0 ? "" : $"{sums} of them hold sums between depthwise and pointwise convolutions, which --fold does without. ";
            violations.Add(new("cores", $"{cores}", $"{next}", "", fold + ChipLimits.Narrower(next, cores, "cores")));
        }

        return placements;
    }

    private static CorePlacement? Cut(Population population, CoreKind core, int firstCore)
    {
        (int channels, int height, int width) = population.Shape;
        CorePlacement? best = null;
        for (int parts = 1; parts <= channels; parts++)
        {
            int kept = (channels + parts - 1) / parts;
            long weights = (population.Weights * kept + channels - 1) / channels;
            int rows = core.Neurons is { } neurons ? (int)Math.Min(height, neurons / ((long)kept * width)) : height;
            if (rows == 0 || weights > core.Weights)
            {
                continue;
            }

            int channelParts = (channels + kept - 1) / kept, rowParts = (height + rows - 1) / rows;
            if (best is null || channelParts * rowParts < best.Cores)
            {
                long neuronsKept = (long)kept * width * ((height + rowParts - 1) / rowParts);
                double? fill = core is { Neurons: null, Weights: null } ? null : Math.Max((double)neuronsKept / (core.Neurons ?? long.MaxValue), (double)weights / (core.Weights ?? long.MaxValue));
                best = new CorePlacement(population, firstCore, channelParts, rowParts, neuronsKept, weights, fill);
            }
        }

        return best;
    }
}
