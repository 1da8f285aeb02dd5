using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Gives each population a core of its own, the largest first, each the smallest core that holds it.</summary>
/// <remarks>Speck's memories, as sinabs works them out: weights c·2^(⌈log2(kx·ky)⌉ + ⌈log2 f⌉), neurons f·2^(⌈log2 fx⌉ + ⌈log2 fy⌉), for c input channels and f output channels of fx × fy px.</remarks>
internal static class OneLayerPlacement
{
    public static IReadOnlyList<CorePlacement> Place(IReadOnlyList<Population> populations, ChipProfile chip, List<ChipViolation> violations)
    {
        CoreKind[] cores = [.. chip.Cores.SelectMany(kind => Enumerable.Repeat(kind, kind.Count))];
        var free = Enumerable.Range(0, cores.Length).ToHashSet();
        var placed = new Dictionary<Population, CorePlacement>();
        if (populations.Count > cores.Length)
        {
            violations.Add(new("cores", $"{cores.Length}", $"{populations.Count} layers, one a core", "", "Leave out layers: fewer scales, residual blocks or prediction heads."));
        }

        foreach (Population population in populations.OrderByDescending(population => population.Weights + population.Shape.Count))
        {
            long weights = population.Projections.Sum(projection => WeightMemory(projection, chip)), neurons = NeuronMemory(population.Shape, chip);
            CoreKind[] holding = [.. chip.Cores.Where(kind => Holds(kind, weights, neurons))];
            if (holding.Length == 0)
            {
                AddTooLarge(population, weights, neurons, chip, violations);
                continue;
            }

            int core = free.Where(i => Holds(cores[i], weights, neurons)).OrderBy(i => (long)(cores[i].Weights ?? 0) + (cores[i].Neurons ?? 0)).ThenBy(i => i).FirstOrDefault(-1);
            if (core < 0)
            {
                violations.Add(new("cores", "0 left that hold it", $"{weights} weights and {neurons} neurons", population.Name, "Make this or another layer narrower, so that the large cores suffice."));
                continue;
            }

            free.Remove(core);
            double fill = Math.Max((double)weights / (cores[core].Weights ?? long.MaxValue), (double)neurons / (cores[core].Neurons ?? long.MaxValue));
            placed.Add(population, new CorePlacement(population, core, 1, 1, neurons, weights, fill));
        }

        return [.. populations.Where(placed.ContainsKey).Select(population => placed[population])];
    }

    private static void AddTooLarge(Population population, long weights, long neurons, ChipProfile chip, List<ChipViolation> violations)
    {
        int mostWeights = chip.Cores.Max(kind => kind.Weights ?? int.MaxValue), mostNeurons = chip.Cores.Max(kind => kind.Neurons ?? int.MaxValue);
        if (weights > mostWeights)
        {
            violations.Add(new("cores.weights", $"{mostWeights}", $"{weights}", population.Name, ChipLimits.Narrower(weights, mostWeights, "weights")));
        }

        if (neurons > mostNeurons)
        {
            violations.Add(new("cores.neurons", $"{mostNeurons}", $"{neurons}", population.Name, ChipLimits.Narrower(neurons, mostNeurons, "neurons")));
        }

        if (weights <= mostWeights && neurons <= mostNeurons)
        {
            violations.Add(new("cores.weights", "no core has both", $"{weights} weights and {neurons} neurons", population.Name, "Make it narrower, or stride earlier: cores with many weights have few neurons."));
        }
    }

    private static bool Holds(CoreKind kind, long weights, long neurons) => !(weights > kind.Weights) && !(neurons > kind.Neurons);

    private static long WeightMemory(Projection projection, ChipProfile chip)
    {
        if (!chip.PowerOfTwoAddresses || projection.Node.Operation is not ConvolutionOperation conv)
        {
            return projection.Weights;
        }

        return projection.Read.Channels / conv.Groups * PowerOfTwo(conv.Kernel * conv.Kernel) * PowerOfTwo(conv.OutChannels);
    }

    private static long NeuronMemory(FeatureShape shape, ChipProfile chip) =>
        chip.PowerOfTwoAddresses ? shape.Channels * PowerOfTwo(shape.Width) * PowerOfTwo(shape.Height) : shape.Count;

    private static long PowerOfTwo(int value) => (long)BitOperations.RoundUpToPowerOf2((uint)value);
}
