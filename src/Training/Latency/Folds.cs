using StereoSpike.Ingest;

namespace StereoSpike.Training;

/// <summary>Cuts a set into folds with every class spread evenly, so that each image is judged once by a network that has not seen it.</summary>
public static class Folds
{
    /// <summary>Assigns images to folds.</summary>
    /// <param name="labels">Class of each image.</param>
    /// <param name="folds">Number of folds, 2 to the number of images.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <returns>The fold of each image, 0 to folds − 1; of every class each fold has the same number, give or take one.</returns>
    /// <exception cref="ArgumentException">There are fewer images than folds.</exception>
    public static int[] Stratified(ReadOnlySpan<byte> labels, int folds, int seed)
    {
        Guard.Within(folds, 2, Math.Max(2, labels.Length));
        var random = new Random(seed);
        var assigned = new int[labels.Length];
        int next = 0;   // goes on from class to class, so that what is left over does not always fall to the first folds
        for (int label = 0; label < LabelledImages.Classes; label++)
        {
            var members = new List<int>();
            for (int i = 0; i < labels.Length; i++)
            {
                if (labels[i] == label)
                {
                    members.Add(i);
                }
            }

            int[] order = [.. members];
            random.Shuffle(order);
            foreach (int i in order)
            {
                assigned[i] = next++ % folds;
            }
        }

        return assigned;
    }
}
