using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>The one place where a loss meets the rest of its batch: it forms sums over samples, and calculates with those of the whole batch.</summary>
internal static class BatchSum
{
    /// <summary>Puts sums side by side and adds what other machines hold.</summary>
    /// <param name="parts">Sums over this machine's samples, scalars.</param>
    /// <param name="sumOverBatch">Adds the others', shape [K]; null where there are none.</param>
    /// <returns>Sums over all samples, shape [K].</returns>
    public static Tensor Of(IReadOnlyList<Tensor> parts, Func<Tensor, Tensor>? sumOverBatch)
    {
        Tensor local = stack(parts);
        return sumOverBatch is null ? local : sumOverBatch(local);
    }
}
